// The plainest server in Rust: one connection to its end.
use std::io::{Read, Write};
use std::net::TcpListener;

fn main() -> std::io::Result<()> {
    let port: u16 = std::env::args().nth(1).unwrap().parse().unwrap();
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    let (mut connection, _) = listener.accept()?;
    let mut data = [0; 64];
    loop {
        let size = connection.read(&mut data)?;
        if size == 0 {
            return Ok(());
        }
        connection.write_all(&data[..size])?;
    }
}
