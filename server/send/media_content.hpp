// A content whose files are where the provider takes them (docs/design.md 6.12). Reads the store only: who
// uploads is send/media_transfers.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "domain/content_media.hpp"
#include "send/blobs.hpp"
#include "send/connections.hpp"
#include "store/media_handles.hpp"

namespace dakiya::send {

struct PlacedContent {
    domain::Content content;                  // names no file of ours any more
    Json header = Json::object();             // domain::header_params
    std::shared_ptr<const Lent> files;        // that mails carry; null: none
    std::vector<store::MediaKey> missing;     // not at the provider yet: the content is not to be sent
    std::vector<store::MediaHandle> handles;  // that the content names
    std::int64_t until = 0;                   // Unix ms: not to be sent from then on; 0: no end
};

// sender: as the message names it, "" for the connection's default. Code::invalid names the field: there is
// no such file, or it is no file of the message's type.
Result<PlacedContent> place_media(store::Session& session, const OpenConnection& connection,
                                  const std::string& sender, domain::Content content, std::int64_t now_ms);

// Whether the content's files exist and fit, and which have to be uploaded through this connection.
Result<std::vector<store::MediaKey>> media_keys(store::Session& session, const OpenConnection& connection,
                                                const std::string& sender, const domain::Content& content);

}  // namespace dakiya::send
