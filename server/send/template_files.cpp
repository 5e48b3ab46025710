#include "send/template_files.hpp"

#include <memory>
#include <vector>

#include "base/text.hpp"
#include "domain/media.hpp"

namespace dakiya::send {

namespace {

constexpr std::string_view op = "templates.create";
// Under the minute after which most proxies in front of a server give up.
constexpr Millis patience_with_files{55'000};

struct Example {
    Json* json;          // {"media": …}
    std::string format;  // of its header; "" when it is no header
    std::string field;   // "components.0.example.media"
};

void add_examples(Json& components, const std::string& where, std::vector<Example>& all) {
    if (!components.is_array()) return;
    for (std::size_t i = 0; i < components.size(); ++i) {
        Json& part = components.items()[i];
        const std::string here = where + "." + std::to_string(i);
        if (Json* example = part.find("example"); example && example->contains("media"))
            all.push_back(
                {example,
                 part["type"] == Json("HEADER") && part["format"].is_string() ? part["format"].text() : "",
                 here + ".example.media"});
        Json* cards = part.find("cards");
        for (std::size_t k = 0; cards && cards->is_array() && k < cards->size(); ++k)
            if (Json* inner = cards->items()[k].find("components"))
                add_examples(*inner, here + ".cards." + std::to_string(k) + ".components", all);
    }
}

Result<store::Media> file_of(store::Session& session, store::Scope scope, const Example& example) {
    if (example.format != "IMAGE" && example.format != "VIDEO" && example.format != "DOCUMENT")
        return invalid(example.field, "only a HEADER of format IMAGE, VIDEO or DOCUMENT shows a file");
    if (example.json->contains("header_handle"))
        return invalid(example.field, "a header shows one file: give media, or header_handle");
    const Json& named = (*example.json)["media"];
    const auto id = named.is_string() ? parse_id(prefix::media, named.text()) : std::nullopt;
    if (!id) return invalid(example.field, "must be the id of a file of ours, as POST /v1/media gives it");
    auto file = store::media::find(session, scope, *id);
    if (!file)
        return invalid(example.field, "there is no file " + named.text() +
                                          "; upload it with POST /v1/media, or correct the id");
    if (!domain::fits(lower_ascii(example.format), file->mime))
        return invalid(example.field, "the file " + named.text() + " is " + file->mime +
                                          ", which a header of format " + example.format + " cannot show");
    return *std::move(file);
}

Error takes_none(const plugin::Manifest& manifest, const Example& example) {
    return Error{Code::unsupported,
                 manifest.name +
                     " takes no file from here for a template's header: make this template in the provider's "
                     "own console and sync the templates, or give what the provider wants there as "
                     "header_handle",
                 example.field};
}

}  // namespace

bool takes_template_files(const plugin::Manifest& manifest) {
    const auto found = manifest.ops.find(std::string(op));
    return found != manifest.ops.end() && found->second["files"] == Json(true);
}

Result<Question> template_question(store::Database& db, store::Scope scope, const store::BlobFolder& blobs,
                                   const plugin::Manifest& manifest, const Json& wanted) {
    Question question{std::string(op), wanted};
    std::vector<Example> examples;
    if (Json* components = question.input.find("components"))
        add_examples(*components, "components", examples);
    if (examples.empty() || !manifest.has_op(op)) return question;  // without the operation ask() refuses it
    if (!takes_template_files(manifest)) return takes_none(manifest, examples.front());

    auto lent = std::make_shared<Lent>();
    for (const Example& example : examples) {
        auto file = db.read([&](store::Session& session) { return file_of(session, scope, example); });
        if (!file) return file.error();
        if (const auto here = blobs.find(file->tenant, file->sha256); !here)
            return Error{here.error().code, here.error().text, example.field};
        example.json->set("media", Json{{"blob", file->id},
                                        {"type", file->mime},
                                        {"size", file->size},
                                        {"filename", file->filename}});
        lent->emplace(static_cast<std::uint64_t>(file->id), *std::move(file));
    }
    question.files = std::move(lent);
    question.patience = patience_with_files;
    return question;
}

}  // namespace dakiya::send
