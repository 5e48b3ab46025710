// The server's malloc is jemalloc: messages are allocated by one thread and freed by others all the time,
// which costs glibc's a fifth of the server's CPU, and jemalloc half of that. docs/performance.md has the
// figures.
//
// One arena for all threads, since their caches take nearly everything; what is free goes back to the system
// after a second, so a server is as small as before. MALLOC_CONF of the environment overrules it.
// http://jemalloc.net/jemalloc.3.html#tuning
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "narenas:1,tcache_max:4096,dirty_decay_ms:1000,muzzy_decay_ms:0";
}
