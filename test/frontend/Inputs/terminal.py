"""Runs a command with its standard error on a terminal and prints what it said there, carriage returns as line ends; the
command's status. Usage: terminal.py COMMAND..."""
import os
import pty
import subprocess
import sys

ours, its = pty.openpty()
process = subprocess.Popen(sys.argv[1:], stderr=its, stdout=subprocess.DEVNULL)
os.close(its)
said = b""
while True:
    try:
        part = os.read(ours, 4096)
    except OSError:  # the other end is closed
        break
    if not part:
        break
    said += part
print(said.decode().replace("\r", "\n"))
sys.exit(process.wait())
