const { join } = require("node:path");
const { enableCompileCache } = require("node:module");

// The tests start hundreds of processes. What Node compiled for one of them it need not compile for the next, which halves their starts.
process.env.NODE_COMPILE_CACHE ??= join(__dirname, "node_modules", ".cache", "milepost", "compiled");
enableCompileCache(process.env.NODE_COMPILE_CACHE);

module.exports = { timeout: 10_000, forbidOnly: true };
