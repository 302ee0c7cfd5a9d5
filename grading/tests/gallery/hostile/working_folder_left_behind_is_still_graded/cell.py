import os

os.chdir("/")
os.chdir(os.environ["HOME"])
