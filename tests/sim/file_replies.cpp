#include "file_replies.hpp"

#include "text.hpp"

namespace sim {

using dakiya::Json;

const std::string_view meta_attachments = "/whatsapp_business/attachments/";

namespace {

Pass pass_of(const World& world, std::string_view id) {
    return Files::pass(id, now_ms() + world.config().file_address_ms);
}

}  // namespace

Reply file_reply(const File& file) {
    Reply reply;
    reply.body = file.data;
    reply.type = file.type;
    return reply;
}

std::string storage_address(const World& world, std::string_view prefix, std::string_view id) {
    const Pass pass = pass_of(world, id);
    return std::string(prefix).append(id) + "?expires=" + pass.until + "&signature=" + pass.signature;
}

Reply stored_file(World& world, Provider provider, const Request& request,
                  std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys)
        if (!request.header(key).empty())
            world.violation(provider, "the header " + std::string(key) + " goes to storage, a stranger");
    const std::string_view id = request.path.substr(request.path.rfind('/') + 1);
    const Form query = parse_form(request.query);
    const File* file = world.files().find(provider, id);
    const Pass pass{field(query, "expires"), field(query, "signature")};
    if (!file || !Files::holds(id, pass, now_ms())) return {403, "Forbidden", "text/plain"};
    return file_reply(*file);
}

MetaRefusal read_meta_upload(const Request& request, bool typed, File& file) {
    const auto parts = parse_multipart(request.header("Content-Type"), request.body);
    if (request.content_type() != "multipart/form-data" || !parts)
        return {100, "media must be sent as multipart/form-data", true};
    const Part *product = find(*parts, "messaging_product"), *type = find(*parts, "type"),
               *data = find(*parts, "file");
    if (!product || product->data != "whatsapp") return {131008, "messaging_product must be whatsapp", true};
    if (typed && (!type || type->data.empty())) return {131008, "type is required", true};
    if (!data || data->data.empty()) return {131008, "file is required", true};
    if (data->type.empty() || data->type == "application/octet-stream")
        return {100, "Param file must be a file with one of the supported types, not \"" + data->type + "\"",
                true};
    file = {data->type, std::string(data->data)};
    return {};
}

Json meta_file(const World& world, Provider provider, const std::string& id) {
    const File& file = *world.files().find(provider, id);
    const Pass pass = pass_of(world, id);
    return Json{{"messaging_product", "whatsapp"},
                {"url", "https://lookaside.fbsbx.com" + std::string(meta_attachments) + "?mid=" + id +
                            "&ext=" + pass.until + "&hash=" + pass.signature},
                {"mime_type", file.type},
                {"sha256", hex(sha256(file.data))},
                {"file_size", std::to_string(file.data.size())},
                {"id", id}};
}

const File* meta_attachment(const World& world, Provider provider, const Request& request) {
    const Form query = parse_form(request.query);
    const std::string id = field(query, "mid");
    const bool holds = Files::holds(id, {field(query, "ext"), field(query, "hash")}, now_ms());
    return holds ? world.files().find(provider, id) : nullptr;
}

}  // namespace sim
