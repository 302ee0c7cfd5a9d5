import os

for name in (b"\xff\xfe.db", b"a\nb.db", b"\x1b[31mred.db", b"=1+1.db", b"<script>alert(1)<.db", b"x" * 250 + b".db"):
    open(os.fsencode(os.getcwd()) + b"/" + name, "w").close()
    os.mkdir(os.fsencode(os.getcwd()) + b"/" + name + b"d")
    open(os.fsencode(os.getcwd()) + b"/" + name + b"d/\xff.db", "w").close()
