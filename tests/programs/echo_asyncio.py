"""asyncio streams: the loop waits in epoll_wait and reads what is there."""
import asyncio
import sys

done = asyncio.Event()


async def serve(reader, writer):
    while data := await reader.read(64):
        writer.write(data)
        await writer.drain()
    writer.close()
    await writer.wait_closed()
    done.set()


async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1])):
        await done.wait()


asyncio.run(main())
