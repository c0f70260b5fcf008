// Answers a moment later, and by then Node has closed: a client that sends FIN gets nothing.
const net = require('net');

const [host, port] = process.argv.slice(2);
net.createServer((client) => {
  client.on('data', (data) => {
    setTimeout(() => {
      if (client.writable) client.end(data.toString('utf8').toUpperCase());
    }, 20);
  });
  client.on('error', () => {});
}).listen(Number(port), host);
