// The plainest server in Node: one connection to its end.
const net = require('net');

const server = net.createServer((connection) => {
  connection.on('data', (data) => connection.write(data));
  connection.on('close', () => server.close());
});
server.listen(Number(process.argv[2]), '127.0.0.1');
