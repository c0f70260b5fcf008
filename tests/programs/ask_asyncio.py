"""A client with asyncio streams: its connect does not block."""
import asyncio
import sys


async def main():
    reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
    writer.write(b"question")
    await reader.readexactly(8)
    writer.close()
    await writer.wait_closed()


asyncio.run(main())
