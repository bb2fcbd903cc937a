"""Photos for the stories, drawn: nobody's street, and a picture that says what it is of."""

from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (640, 480)
SKY, WALL, ROAD, LINE, GATE = "#cfe0ea", "#d8c9b0", "#6f7378", "#e8c63c", "#8a3b2e"
CARS = ("#b23a3a", "#2f5d8a", "#e6e6e6", "#3c3f44")


def lane(cars: int, *, sign: bool = False) -> bytes:
    """A gate with a marked lane before it, so many cars in it, and perhaps a sign beside it."""
    image = Image.new("RGB", SIZE, SKY)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 150, 640, 290), WALL)
    draw.rectangle((230, 120, 410, 290), GATE)
    draw.rectangle((250, 140, 390, 290), SKY)
    draw.rectangle((0, 290, 640, 480), ROAD)
    for left in range(150, 480, 40):
        draw.polygon(((left, 470), (left + 14, 470), (left + 34, 310), (left + 20, 310)), LINE)
    for number in range(cars):
        _car(draw, left=30 + 150 * number, top=330 + 18 * (number % 2), colour=CARS[number % len(CARS)])
    if sign:
        _sign(draw)
    written = BytesIO()
    image.save(written, "JPEG", quality=85)
    return written.getvalue()


def _car(draw: ImageDraw.ImageDraw, *, left: int, top: int, colour: str) -> None:
    draw.rounded_rectangle((left + 25, top, left + 110, top + 45), 14, colour)
    draw.rounded_rectangle((left, top + 30, left + 135, top + 75), 12, colour)
    draw.rectangle((left + 38, top + 8, left + 97, top + 30), "#bcd3df")
    for wheel in (left + 18, left + 90):
        draw.ellipse((wheel, top + 58, wheel + 30, top + 88), "#1d1d1d")


def _sign(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((546, 200, 554, 340), "#555555")
    draw.ellipse((510, 130, 590, 210), "#1f4fa3", outline="#c8312b", width=9)
    draw.line((524, 144, 576, 196), "#c8312b", width=9)
