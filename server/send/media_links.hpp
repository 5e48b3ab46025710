// Public addresses of files, for providers that fetch them by themselves: <public url>/m/<token>/<name>. The
// token is signed with the tenant's key and ends; nobody can make one for another file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "security/vault.hpp"
#include "store/media.hpp"

namespace dakiya::send {

// Code::conflict: the server does not know its public address. The vault's errors.
Result<std::string> media_link(security::Vault& vault, const std::string& public_url,
                               const store::Media& file, std::int64_t expires_at);

struct MediaLink {
    Id tenant = 0;
    Id media = 0;
};
// Code::not_found: it is not one of ours, or has ended.
Result<MediaLink> read_media_token(security::Vault& vault, std::string_view token, std::int64_t now_ms);

}  // namespace dakiya::send
