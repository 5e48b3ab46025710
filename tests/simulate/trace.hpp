// What happened, as lines. The last ones are kept for a person; all of them are in the hash, by which two
// runs of a seed are compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

namespace dakiya::simulate {

class Trace {
public:
    explicit Trace(bool print = false) : print_(print) {}
    void add(std::int64_t at_ms, std::string line);
    std::uint64_t hash() const { return hash_; }
    std::string tail() const;

    static constexpr std::size_t kept = 60;

private:
    const bool print_;
    std::uint64_t hash_ = 14695981039346656037ULL;  // FNV-1a
    std::deque<std::string> last_;
};

}  // namespace dakiya::simulate
