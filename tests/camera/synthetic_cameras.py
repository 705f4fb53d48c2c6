"""Pictures of cameras that differ in their processing, for networks: sharpening, noise and JPEG's tables."""

import cv2
import numpy as np
from PIL import Image
from skimage import data

CAMERAS = {
    "Able One": {"sharpen": 1.2, "noise": 1.0, "quality": 95},
    "Baker Two": {"sharpen": 0.0, "noise": 5.0, "quality": 80},
    "Clone Nine": {"sharpen": -0.8, "noise": 0.0, "quality": 40},
}


def take(camera, scene, side=192):
    """(H, W, 3) of a scene by a camera, before the JPEG."""
    rng = np.random.default_rng([scene, len(camera)])
    names = ("astronaut", "coffee", "chelsea", "rocket")
    picture = getattr(data, names[scene % len(names)])()[:300, :400].astype(np.float32)
    top, left = (int(rng.integers(limit - side)) for limit in picture.shape[:2])
    picture = 40 + 0.7 * picture[top : top + side, left : left + side]
    how = CAMERAS[camera]
    blurred = cv2.GaussianBlur(picture, (0, 0), 1.0)
    picture = picture + how["sharpen"] * (picture - blurred) + rng.normal(0, how["noise"], picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


def write(folder, cameras=("Able One", "Baker Two"), scenes=10, exif=True):
    """Pictures as ``folder/MODEL/DEVICE/scene-N.jpg``, which is the layout of a plain folder tree."""
    for camera in cameras:
        brand, model = camera.split()
        for scene in range(scenes):
            path = folder / brand / model / "0" / f"picture{scene:02}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            image = Image.fromarray(take(camera, scene))
            tags = image.getexif()
            if exif:
                tags[0x010F], tags[0x0110] = brand, model
            image.save(path, quality=CAMERAS[camera]["quality"], exif=tags)
    return folder
