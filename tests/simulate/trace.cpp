#include "trace.hpp"

#include <cstdio>

#include <fmt/format.h>

namespace dakiya::simulate {

void Trace::add(std::int64_t at_ms, std::string line) {
    line = fmt::format("{:>9.3f} {}", static_cast<double>(at_ms) / 1000, line);
    for (const char c : line) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    if (print_) fmt::print("{}\n", line);
    last_.push_back(std::move(line));
    if (last_.size() > kept) last_.pop_front();
}

std::string Trace::tail() const {
    std::string text;
    for (const std::string& line : last_) text += line + "\n";
    return text;
}

}  // namespace dakiya::simulate
