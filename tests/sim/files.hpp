// The files that the providers hold: what the client uploaded, and what people sent.
#pragma once

#include "config.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace sim {

struct File {
    std::string type, data;
};

// What an address shows beside a file's id, so that nobody makes one himself or uses it for ever.
struct Pass {
    std::string until, signature;  // Unix ms; hex
};

class Files {
public:
    // An id that no file has yet: 16 digits.
    std::string new_id() { return std::to_string(++last_id_); }
    void put(Provider provider, const std::string& id, File file);
    // Under a new id, which is answered.
    std::string add(Provider provider, File file);
    const File* find(Provider provider, std::string_view id) const;  // null: it has none of that id
    bool erase(Provider provider, std::string_view id);
    void clear() { files_.clear(); }

    static Pass pass(std::string_view id, std::int64_t until_ms);
    static bool holds(std::string_view id, const Pass& pass, std::int64_t now_ms);

private:
    std::map<std::pair<Provider, std::string>, File> files_;
    std::uint64_t last_id_ = 4'490'709'327'000'000;
};

// WhatsApp's word for a file of that MIME type: image, video, audio or document.
std::string kind_of_file(std::string_view type);

}  // namespace sim
