#include "domain/content_media.hpp"

#include "domain/media.hpp"

namespace dakiya::domain {

namespace {

Id id_in(const Json& object) {
    const Json* id = object.find("media");
    return id ? parse_id(prefix::media, id->text()).value_or(0) : 0;
}

void place(Json& object, const PlacedMedia& file) {
    object.erase("media");
    if (!file.handle.empty()) object.set("handle", file.handle);
    if (!file.url.empty()) object.set("url", file.url);
}

bool is_document(std::string_view mime) {
    return mime.rfind("image/", 0) != 0 && mime.rfind("video/", 0) != 0;
}

}  // namespace

std::vector<MediaUse> media_of(const Content& content) {
    std::vector<MediaUse> uses;
    if (content.media.is_object())
        if (const Id id = id_in(content.media))
            uses.push_back({MediaUse::Where::message, id, content.media.value("type", ""), "media.media"});
    if (const auto header = content.variables.find(header_media); header != content.variables.end())
        uses.push_back({MediaUse::Where::header, parse_id(prefix::media, header->second).value_or(0), "",
                        "variables." + header_media});
    if (content.email.is_object() && content.email.contains("attachments")) {
        const auto& files = content.email.at("attachments").items();
        for (std::size_t i = 0; i < files.size(); ++i)
            if (const Id id = id_in(files[i]))
                uses.push_back({MediaUse::Where::attachment, id, "",
                                "email.attachments." + std::to_string(i) + ".media"});
    }
    return uses;
}

Content with_media(Content content, const std::map<Id, PlacedMedia>& placed) {
    if (content.media.is_object())
        if (const Id id = id_in(content.media)) {
            const PlacedMedia& file = placed.at(id);
            place(content.media, file);
            content.media.set("mime", file.mime);
            if (content.media.value("type", "") == "document" && !content.media.contains("filename"))
                content.media.set("filename", file.filename);
        }
    if (content.email.is_object() && content.email.contains("attachments"))
        for (Json& file : content.email.find("attachments")->items())
            if (const Id id = id_in(file)) place(file, placed.at(id));
    content.variables.erase(header_media);
    return content;
}

Json header_params(const Content& content, const std::map<Id, PlacedMedia>& placed) {
    Json params = Json::object();
    for (const MediaUse& use : media_of(content)) {
        if (use.where != MediaUse::Where::header) continue;
        const PlacedMedia& file = placed.at(use.media);
        if (!file.handle.empty()) params.set("header.handle", file.handle);
        if (!file.url.empty()) params.set("header.url", file.url);
        if (is_document(file.mime) && content.variables.count("header.filename") == 0)
            params.set("header.filename", file.filename);
    }
    return params;
}

}  // namespace dakiya::domain
