"""What a Gradio Space starts: the same page, on the address that a Space expects."""

from app.page import serve

if __name__ == "__main__":
    serve("0.0.0.0", 7860)
