// The plainest client in Rust: asks 8 bytes, takes the answer, closes.
use std::io::{Read, Write};
use std::net::TcpStream;

fn main() -> std::io::Result<()> {
    let port: u16 = std::env::args().nth(1).unwrap().parse().unwrap();
    let mut client = TcpStream::connect(("127.0.0.1", port))?;
    client.write_all(b"question")?;
    client.read(&mut [0; 64])?;
    Ok(())
}
