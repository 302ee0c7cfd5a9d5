import pathlib

import yaml

file = next(pathlib.Path().rglob("MLmodel"))
description = yaml.safe_load(file.read_text())
description["signature"]["inputs"] = '[{"name": ["x"], "type": "double"}, {"name": {"y": 1}}]'
file.write_text(yaml.safe_dump(description))
