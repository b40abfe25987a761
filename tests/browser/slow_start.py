"""The page as served while its models are still loading: they begin when it has been up for some seconds."""

import sys

import uvicorn

from app.engine import Engine
from app.web.server import application

SECONDS = 15.0

if __name__ == "__main__":
    engine = Engine("cpu")
    engine.start(after=SECONDS)
    uvicorn.run(application(engine), port=int(sys.argv[1]), log_level="warning")
