"""Images to live with: single images of computer vision's data sets, on paper, credited."""

__version__ = "0.1.0"
