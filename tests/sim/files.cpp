#include "files.hpp"

#include "text.hpp"

namespace sim {

void Files::put(Provider provider, const std::string& id, File file) {
    files_[{provider, id}] = std::move(file);
}

std::string Files::add(Provider provider, File file) {
    std::string id = new_id();
    put(provider, id, std::move(file));
    return id;
}

const File* Files::find(Provider provider, std::string_view id) const {
    const auto found = files_.find({provider, std::string(id)});
    return found == files_.end() ? nullptr : &found->second;
}

bool Files::erase(Provider provider, std::string_view id) {
    return files_.erase({provider, std::string(id)}) > 0;
}

Pass Files::pass(std::string_view id, std::int64_t until_ms) {
    const std::string until = std::to_string(until_ms);
    return {until, hex(hmac_sha256("addresses of files", std::string(id) + ' ' + until)).substr(0, 32)};
}

bool Files::holds(std::string_view id, const Pass& pass, std::int64_t now_ms) {
    if (!all_digits(pass.until) || pass.until.size() > 15) return false;
    const std::int64_t until = std::stoll(pass.until);
    return now_ms < until && pass.signature == Files::pass(id, until).signature;
}

std::string kind_of_file(std::string_view type) {
    const std::string kind(type.substr(0, type.find('/')));
    return kind == "image" || kind == "video" || kind == "audio" ? kind : "document";
}

}  // namespace sim
