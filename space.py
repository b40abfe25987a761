"""What a Gradio Space and a container start: the same page, through Gradio's own launch."""

import sys

from app.web.launch import main

if __name__ == "__main__":
    sys.exit(main())
