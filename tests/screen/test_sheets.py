"""What user/draw draws (make sheets), compared with pictures that somebody has looked at.

FASTOS_GOLDENS=write keeps what is drawn now as those pictures: look at build/sheets before that is committed. They are
kept smaller than they were drawn, by averaging; another version of FreeType may move a glyph's edge a little.
"""
import os
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageChops

TOP = Path(__file__).resolve().parents[2]
GOLDENS = TOP / "tests" / "screen" / "sheets"
SEEN = TOP / "build" / "sheets"
# How much smaller they are kept.
SHEETS = {"text": 2, "cells": 2, "icons": 3, "shapes": 2, "pointers": 2, "dark": 8, "light": 8, "contrast": 4,
          "classic": 4}
# A pixel differs when a colour of it does by more than LEVELS; one in ONE_IN may.
LEVELS, ONE_IN = 16, 5000


@pytest.fixture(scope="module")
def drawn():
    SEEN.mkdir(parents=True, exist_ok=True)
    subprocess.run([TOP / "build/host/user/draw/test/sheets", TOP / "build/fonts", TOP / "user/draw/themes", SEEN],
                   check=True)
    return SEEN


@pytest.mark.parametrize("name", SHEETS)
def test_sheet(drawn, name):
    whole = Image.open(drawn / f"{name}.ppm").convert("RGB")
    whole.save(drawn / f"{name}.png")
    picture, golden = whole.reduce(SHEETS[name]), GOLDENS / f"{name}.png"
    if os.environ.get("FASTOS_GOLDENS") == "write":
        GOLDENS.mkdir(exist_ok=True)
        picture.save(golden, optimize=True)
    known = Image.open(golden).convert("RGB")
    assert picture.size == known.size
    difference = ImageChops.difference(picture, known).point(lambda level: 255 if level > LEVELS else 0)
    wrong = sum(1 for pixel in difference.getdata() if any(pixel))
    if wrong * ONE_IN > picture.width * picture.height:
        difference.save(drawn / f"{name}-difference.png")
        pytest.fail(f"{name}: {wrong} pixels differ; look at {drawn}/{name}.png and {name}-difference.png")
