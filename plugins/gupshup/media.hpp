// Files: uploads for sending, and what people sent. https://docs.gupshup.io/docs/media
#ifndef DAKIYA_GUPSHUP_MEDIA_HPP
#define DAKIYA_GUPSHUP_MEDIA_HPP

#include "account.hpp"

namespace gupshup {

// Stores a file of ours; may be repeated. Throws waba::Refused when its type is not known.
dakiya::Http upload(const Account& account, const dakiya::Media& file);

// The file's id, or "" when it was not stored.
std::string uploaded_handle(const dakiya::Reply& reply);

dakiya::Next upload_media(const Account& account, const dakiya::Turn& turn);
dakiya::Next fetch_media(const Account& account, const dakiya::Turn& turn);

}  // namespace gupshup

#endif
