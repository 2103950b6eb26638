"""One run of a study as a program that ends with whoever started it: papermill, tied to a pipe.

Standard input is the tie: it closes when the study wants the run to stop, and also when the study
has gone, however it went. The notebook's kernel is then asked to end (SIGTERM), and a training
saves its state first. The program is run by its path, because importing the package costs seconds.
"""

import json
import os
import sys
import threading
import time

import papermill
import psutil


def end_with_the_tie() -> None:
    """Wait until standard input closes; then ask each process below this one to end, once."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    asked: set[int] = set()
    while True:  # a kernel may be about to start
        for process in psutil.Process().children():
            if process.pid not in asked:
                asked.add(process.pid)
                process.terminate()
        time.sleep(0.2)


if __name__ == "__main__":
    threading.Thread(target=end_with_the_tie, daemon=True).start()
    notebook, output, parameters = sys.argv[1:]
    papermill.execute_notebook(notebook, output, json.loads(parameters))
