import pathlib

file = next(pathlib.Path().rglob("MLmodel"))
lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
lines += ["flavors: *a9", 'signature: {inputs: \'[{"name": ["x"]}]\'}', "saved_input_example_info: *a9"]
file.write_text("\n".join(lines))
