#include "api/upload.hpp"

#include <array>
#include <fstream>
#include <sstream>

#include <Poco/Net/MediaType.h>
#include <Poco/Net/MessageHeader.h>
#include <Poco/Net/MultipartReader.h>
#include <Poco/Net/NameValueCollection.h>
#include <Poco/Net/NetException.h>

#include "base/text.hpp"

namespace dakiya::api {

namespace {

constexpr std::size_t most_in_field = 60'000;  // bytes of a form field that is not the file

// What a part says of itself in "Content-Disposition: form-data; name="file"; filename="a.pdf"".
std::string said(const Poco::Net::MessageHeader& header, const std::string& parameter) {
    std::string disposition;
    Poco::Net::NameValueCollection parameters;
    Poco::Net::MessageHeader::splitParameters(header.get("Content-Disposition", ""), disposition, parameters);
    return parameters.get(parameter, "");
}

std::string list_of(const std::set<std::string>& names) {
    std::string list;
    for (const std::string& name : names) list += ", " + name;
    return list;
}

void copy(std::istream& in, SpoolFile& file) {
    std::array<char, 65'536> bytes{};
    while (in.read(bytes.data(), bytes.size()) || in.gcount() > 0)
        file.append(std::string_view(bytes.data(), static_cast<std::size_t>(in.gcount())));
}

Result<std::string> field(std::istream& in, const std::string& name) {
    std::string text;
    std::array<char, 4096> bytes{};
    while (in.read(bytes.data(), bytes.size()) || in.gcount() > 0) {
        text.append(bytes.data(), static_cast<std::size_t>(in.gcount()));
        if (text.size() > most_in_field)
            return Error{Code::too_large, "the form field has more than 60,000 bytes", name};
    }
    return text;
}

Result<Upload> read_form(std::istream& body, const Poco::Net::MediaType& type, const std::string& folder,
                         const std::set<std::string>& allowed) {
    if (!type.hasParameter("boundary"))
        return invalid("", "the Content-Type multipart/form-data lacks its boundary");
    Upload upload;
    Poco::Net::MultipartReader reader(body, type.getParameter("boundary"));
    for (int parts = 0; reader.hasNextPart(); ++parts) {
        if (parts == 10) return invalid("", "the form has more than 10 parts");
        Poco::Net::MessageHeader header;
        reader.nextPart(header);
        const std::string name = said(header, "name");
        if (name == "file") {
            if (upload.file) return invalid("file", "the form has two files; upload one at a time");
            upload.file = std::make_unique<SpoolFile>(folder);
            upload.filename = said(header, "filename");
            upload.type = header.get("Content-Type", "");
            copy(reader.stream(), *upload.file);
        } else if (allowed.count(name) != 0) {
            auto text = field(reader.stream(), name);
            if (!text) return text.error();
            upload.fields[name] = *std::move(text);
        } else {
            return invalid(name, "there is no such form field; these are: file" + list_of(allowed));
        }
    }
    if (!upload.file) return invalid("file", "the form has no part named \"file\"");
    return upload;
}

}  // namespace

std::string Upload::field(const std::string& name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second;
}

Result<Upload> take_upload(Request& request, const std::string& folder,
                           const std::set<std::string>& allowed) {
    const Poco::Net::MediaType type{std::string(request.header("content-type"))};
    if (type.matches("multipart", "form-data")) {
        try {
            if (request.file) {
                std::ifstream body(request.file->path(), std::ios::binary);
                return read_form(body, type, folder, allowed);
            }
            std::istringstream body(request.body, std::ios::binary);
            return read_form(body, type, folder, allowed);
        } catch (const Poco::Net::NetException& error) {
            return invalid("", "the multipart form is broken: " + error.displayText());
        }
    }
    Upload upload;
    upload.type = request.header("content-type");
    if (request.file) {
        upload.file = std::move(request.file);
    } else {
        if (trim(request.body).empty())
            return invalid("", "the request has no body; send the file as its body");
        upload.file = std::make_unique<SpoolFile>(folder);
        upload.file->append(request.body);
    }
    return upload;
}

}  // namespace dakiya::api
