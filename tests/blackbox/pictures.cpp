#include "pictures.hpp"

#include "dakiya/encoding.hpp"

namespace blackbox {

std::string picture(std::size_t size) {
    std::string bytes = "\x89PNG\r\n\x1a\n";
    while (bytes.size() < size) bytes += static_cast<char>(bytes.size() * 37 % 251);
    return bytes;
}

Json inbound_picture(const std::string& bytes) {
    return Json{{"type", "image/png"}, {"data", dakiya::base64(bytes)}};
}

Json inbound_message(const World& world, const std::string& address) {
    for (const Json& item :
         world.api().get("/v1/messages?state=received&address=%2B" + address.substr(1)).at("items"))
        return world.api().get("/v1/messages/" + item.at("id").text());
    return {};
}

}  // namespace blackbox
