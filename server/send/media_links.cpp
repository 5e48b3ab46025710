#include "send/media_links.hpp"

#include <array>
#include <charconv>

#include "domain/media.hpp"
#include "security/token.hpp"

namespace dakiya::send {

namespace {

constexpr std::string_view purpose = "media link";
constexpr char between = '-';

std::string signed_part(Id tenant, Id media, std::int64_t expires_at) {
    return std::to_string(tenant) + between + std::to_string(media) + between + std::to_string(expires_at);
}

// The number up to the next dash, which are taken off; 0 when there is none.
std::int64_t take_number(std::string_view& rest) {
    const auto end = rest.find(between);
    if (end == std::string_view::npos) return 0;
    std::int64_t number = 0;
    const auto [stop, error] = std::from_chars(rest.data(), rest.data() + end, number);
    const bool whole = error == std::errc() && stop == rest.data() + end && rest.front() != '0';
    rest.remove_prefix(end + 1);
    return whole && number > 0 ? number : 0;
}

}  // namespace

Result<std::string> media_link(security::Vault& vault, const std::string& public_url,
                               const store::Media& file, std::int64_t expires_at) {
    if (public_url.empty())
        return Error{
            Code::conflict,
            "this provider fetches files from a public address, and the server does not know its own: the "
            "operator has to set server.public_url",
            ""};
    const std::string text = signed_part(file.tenant, file.id, expires_at);
    const auto mac = vault.mac(file.tenant, purpose, text);
    if (!mac) return mac.error();
    return public_url + "/m/" + text + between + *mac + "/" +
           domain::address_filename(file.filename, file.mime);
}

Result<MediaLink> read_media_token(security::Vault& vault, std::string_view token, std::int64_t now_ms) {
    const Error none{Code::not_found, "there is no such file, or its address has ended", ""};
    MediaLink link;
    link.tenant = take_number(token);
    link.media = take_number(token);
    const std::int64_t expires_at = take_number(token);
    if (link.tenant == 0 || link.media == 0 || expires_at <= now_ms) return none;
    const auto mac = vault.mac(link.tenant, purpose, signed_part(link.tenant, link.media, expires_at));
    if (!mac || !security::equal_secrets(*mac, token)) return none;
    return link;
}

}  // namespace dakiya::send
