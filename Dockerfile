# The same start as a Gradio Space. docs/hosting.md says how to build it with a CPU build of torch.
FROM python:3.12-slim

RUN useradd --create-home --uid 1000 modelarium
WORKDIR /home/modelarium/page

# pip reads an index of CPU builds from here; without one, PyPI's torch for x86-64 brings gigabytes of CUDA.
ARG PIP_EXTRA_INDEX_URL=""
COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check --requirement requirements.txt

COPY app app
COPY models models
COPY visualizers visualizers
COPY glossary glossary
COPY assets assets
COPY space.py .

USER modelarium
ENV GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT=7860 PYTHONDONTWRITEBYTECODE=1
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/', timeout=4)"]
CMD ["python", "space.py"]
