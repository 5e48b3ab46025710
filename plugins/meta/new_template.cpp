#include "new_template.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "calls.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/waba/cloud_api.hpp"

namespace meta {

using namespace dakiya;

namespace {

// Each takes two of the host's 16 turns.
constexpr std::size_t most_files = 7;
constexpr std::size_t longest_session = 2000, longest_handle = 8000;

struct File {
    std::int64_t blob, size;
    std::string type, name;
};

// What Meta takes as an example: the types of the upload, with the sizes that messages may have.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components#media-headers
struct Kind {
    std::string_view format, type, other_type, words;
    std::int64_t most_bytes;
};
constexpr Kind kinds[] = {
    {"IMAGE", "image/jpeg", "image/png", "a JPEG or PNG picture of 5 MB at most", 5LL << 20},
    {"VIDEO", "video/mp4", "video/mp4", "an MP4 video of 16 MB at most", 16LL << 20},
    {"DOCUMENT", "application/pdf", "application/pdf", "a PDF of 100 MB at most", 100LL << 20},
};

// Calls visit(component, its "example") for those that show a file of ours, also in the cards of a carousel.
template <class Visit>
void each_file(Json& components, const Visit& visit) {
    for (Json& part : components.items()) {
        if (Json* example = part.find("example"); example && example->contains("media"))
            visit(part, *example);
        if (Json* cards = part.find("cards"))
            for (Json& card : cards->items())
                if (Json* inner = card.find("components")) each_file(*inner, visit);
    }
}

File checked_file(const Json& header, const Json& media) {
    File file{media.at("blob"), media.at("size"), media.at("type"), media.value("filename", "")};
    const std::string format = header.value("format", "");
    for (const Kind& kind : kinds) {
        if (kind.format != format || header["type"] != Json("HEADER")) continue;
        const bool type = file.type == kind.type || file.type == kind.other_type;
        if (type && file.size >= 1 && file.size <= kind.most_bytes) return file;
        throw waba::Refused("a header of format " + format + " takes " + std::string(kind.words) + "; \"" +
                                file.name + "\" is " + file.type + " and has " + std::to_string(file.size) +
                                " bytes",
                            "template");
    }
    throw waba::Refused("only a header of format IMAGE, VIDEO or DOCUMENT shows a file", "template");
}

// Each once, in the order of the template.
std::vector<File> files_of(Json& components) {
    std::vector<File> files;
    each_file(components, [&](const Json& part, const Json& example) {
        File file = checked_file(part, example["media"]);
        const bool known = std::any_of(files.begin(), files.end(),
                                       [&](const File& other) { return other.blob == file.blob; });
        if (!known) files.push_back(std::move(file));
    });
    if (files.size() > most_files)
        throw waba::Refused("a template may show " + std::to_string(most_files) +
                                " different files; show one of them on several cards",
                            "template");
    return files;
}

void require_app(const Account& account) {
    if (account.app_id.empty())
        throw Fault(
            DK_BAD_INPUT,
            "a file in a template's header goes to Meta through your app: fill in the App's ID of this "
            "connection (App dashboard > Settings > Basic)");
}

// handles: of the files before this one.
Http open_upload(const Account& account, const File& file, const Json& handles) {
    Http http = account.post(account.app_id + "/uploads");
    if (!file.name.empty()) http.query("file_name", file.name);
    return http.query("file_length", std::to_string(file.size))
        .query("file_type", file.type)
        .repeatable()
        .limit("media")
        .then("opened", handles.dump());
}

// "upload:MTph…?sig=ARZ…", which is the end of an address as it is.
std::string session_of(const Json& opened) {
    const std::string session = opened.at("id");
    const bool plain = std::all_of(session.begin(), session.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view("_-=+.~:?&%/").find(c) != std::string_view::npos;
    });
    if (session.rfind("upload:", 0) != 0 || !plain || session.size() > longest_session)
        throw Fault(DK_BAD_REPLY, "Meta told no session for the upload of the file");
    return session;
}

std::string handle_of(const Json& uploaded) {
    std::string handle = uploaded.at("h");
    if (handle.empty() || handle.size() > longest_handle)
        throw Fault(DK_BAD_REPLY, "the file was uploaded, but Meta told no handle for it");
    return handle;
}

Json with_handles(Json wanted, const std::vector<File>& files, const Json& handles) {
    each_file(*wanted.find("components"), [&](const Json&, Json& example) {
        const std::int64_t blob = example["media"].at("blob");
        const auto file =
            std::find_if(files.begin(), files.end(), [&](const File& one) { return one.blob == blob; });
        example.erase("media");
        example.set("header_handle",
                    Json::array({handles.at(static_cast<std::size_t>(file - files.begin()))}));
    });
    return wanted;
}

}  // namespace

Next create_template(const Account& account, const Turn& turn) {
    Json wanted = waba::new_template(turn.input());
    const std::vector<File> files = files_of(*wanted.find("components"));
    if (!files.empty()) require_app(account);
    Json handles = turn.memo().empty() ? Json::array() : Json::parse(turn.memo());
    if (turn.reply()) {
        const Json& answer = require_ok(account, *turn.reply());
        if (turn.step() == "opened") {
            const File& file = files.at(handles.size());
            return account.upload(session_of(answer))
                .blob(static_cast<std::uint64_t>(file.blob), file.type)
                .limit("media")
                .then("uploaded", handles.dump());
        }
        if (turn.step() == "created") {
            const Json made = waba::made_template(with_handles(std::move(wanted), files, handles), answer);
            return Next::done().record("template", waba::read_template(made));
        }
        handles.push_back(handle_of(answer));
    }
    if (handles.size() < files.size()) return open_upload(account, files[handles.size()], handles);
    return account.post(account.waba_id + "/message_templates")
        .json(with_handles(std::move(wanted), files, handles))
        .limit(account.manage_limit())
        .then("created", handles.dump());
}

}  // namespace meta
