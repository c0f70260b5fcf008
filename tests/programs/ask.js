// The plainest client in Node: asks 8 bytes, takes the answer, closes.
const net = require('net');

const client = net.connect(Number(process.argv[2]), '127.0.0.1', () => client.write('question'));
client.on('data', () => client.end());
