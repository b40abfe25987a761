"""Depth and time without steps: neural ODEs, the adjoint method, liquid cells and their closed form."""
