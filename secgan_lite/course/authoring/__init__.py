"""What makes the course: the only code that writes into ``data/`` and ``notebooks/``.

``python -m secgan_lite.course.authoring`` is its command line.
"""
