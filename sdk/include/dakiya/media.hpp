// dakiya/media.hpp - files: what the operations media.upload and media.fetch have in common.
#ifndef DAKIYA_MEDIA_HPP
#define DAKIYA_MEDIA_HPP

#include <cstdint>
#include <string>

#include "dakiya/provider.hpp"

namespace dakiya {

// What media.upload is asked for.
inline Media file_to_upload(const Json& input) {
    Media file;
    file.blob = static_cast<std::uint64_t>(input.at("blob").integer());
    file.mime = input.value("type", "");
    file.filename = input.value("filename", "");
    return file;
}

// It did not work. The class decides, as for a message, whether the server tries again (a file that is too
// large is "content", which does not pass); `text` is what people read.
inline Next refused(const Error& error, const std::string& text) {
    return Next::done().record("account", {{"ok", false}, {"class", error.cls}, {"text", text}});
}

// The end of media.fetch: the file of a good reply, which was asked for with reply_to_blob().
inline Next fetched(const std::string& handle, const Reply& reply, const std::string& mime) {
    if (reply.blob() == 0) throw Fault(DK_BAD_REPLY, "the file was not stored");
    Json media{{"handle", handle}, {"blob", reply.blob()}};
    if (!mime.empty()) media.set("mime", mime);
    return Next::done().record("media", media);
}

}  // namespace dakiya

#endif
