import pathlib
import zipfile

file = next(pathlib.Path().rglob("model.skops"))
with zipfile.ZipFile(file) as archive:
    members = {name: archive.read(name) for name in archive.namelist()}
with zipfile.ZipFile(file, "w", zipfile.ZIP_BZIP2) as archive:
    for name, content in members.items():
        archive.writestr(name, content)
