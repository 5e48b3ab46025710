#include "net/origin_map.hpp"

namespace dakiya::net {
namespace {

Result<Url> parse_origin(std::string_view text) {
    auto url = parse_url(text);
    if (!url) return Error{Code::invalid, "\"" + std::string(text) + "\": " + url.error().text, "net.origin"};
    if (url->target != "/" || text.find('#') != text.npos)
        return invalid("net.origin", "\"" + std::string(text) +
                                         "\" is more than an origin: write scheme, host and port only.");
    return url;
}

}  // namespace

Result<void> OriginMap::add(std::string_view from, std::string_view to) {
    const auto source = parse_origin(from);
    if (!source) return source.error();
    auto target = parse_origin(to);
    if (!target) return target.error();
    if (!targets_.emplace(origin(*source), *std::move(target)).second)
        return invalid("net.origin", "\"" + origin(*source) + "\" is mapped twice: remove one of the lines.");
    return {};
}

const Url* OriginMap::find(const std::string& origin) const {
    const auto found = targets_.find(origin);
    return found == targets_.end() ? nullptr : &found->second;
}

}  // namespace dakiya::net
