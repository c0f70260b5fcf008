// ECHO: and the text. Node hands on up to 64 KiB at once, so they are cut as the protocol has it.
const net = require('net');
const { StringDecoder } = require('string_decoder');

const [host, port] = process.argv.slice(2);
const server = net.createServer({ allowHalfOpen: true }, (client) => {
  const decoder = new StringDecoder('utf8');
  client.on('data', (data) => {
    for (let at = 0; at < data.length; at += 1024) {
      const text = decoder.write(data.subarray(at, at + 1024));
      if (text.length > 0) client.write('ECHO: ' + text);
    }
  });
  client.on('end', () => client.end());
  client.on('error', () => client.destroy());
});
server.listen(Number(port), host, 5);
process.on('SIGINT', () => process.exit(0));
