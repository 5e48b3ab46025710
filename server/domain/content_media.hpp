// The files of ours that a content names, and putting in their place what a provider takes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "domain/content.hpp"

namespace dakiya::domain {

struct MediaUse {
    enum class Where { message, header, attachment };  // kind media, a template's header, of an e-mail
    Where where = Where::message;
    Id media = 0;
    std::string media_type;  // of a message: "image", "document", …
    std::string field;       // where the content names it: "media.media"
};

// In the order of the content.
std::vector<MediaUse> media_of(const Content& content);

// A file as the provider takes it: by its own handle, or by an address.
struct PlacedMedia {
    std::string handle, url;
    std::string mime, filename;
};

// The content without our ids: every file of media_of() must be in `placed`. What a template's header gets is
// not the content's but header_params().
Content with_media(Content content, const std::map<Id, PlacedMedia>& placed);

// What the file of a template's header adds to every recipient's params: "header.handle" or "header.url", and
// "header.filename" of a document unless the content gives one. An empty object when there is none.
Json header_params(const Content& content, const std::map<Id, PlacedMedia>& placed);

}  // namespace dakiya::domain
