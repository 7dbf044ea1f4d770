// An echo server and a client on websocketpp: `websocketpp_peer server|client
// --option value ...`. Serves one connection (or one failed handshake), or
// opens one, sends a message, expects it back and closes 1000; prints what it
// saw as a line of JSON. Ends with 0 when all of that went well.
//
// One program and one configuration for both roles, because instantiating
// these templates is what compiling costs. TLS material is set through
// OpenSSL: asio knows no PFX files, and websocketpp tells no more of a failed
// handshake than that it failed.
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>

#include <websocketpp/client.hpp>
#include <websocketpp/config/asio_client.hpp>
#include <websocketpp/config/asio_no_tls_client.hpp>
#include <websocketpp/extensions/permessage_deflate/enabled.hpp>
#include <websocketpp/server.hpp>

namespace ssl = websocketpp::lib::asio::ssl;
namespace close_code = websocketpp::close::status;
using Handle = websocketpp::connection_hdl;
using Code = websocketpp::lib::error_code;
using Options = std::map<std::string, std::string>;

struct Deflate {};

struct Tls : websocketpp::config::asio_tls_client {
  using permessage_deflate_type =
    websocketpp::extensions::permessage_deflate::enabled<Deflate>;
  // It waits for an end of TLS that it has seen already, five seconds long.
  struct transport_config : websocketpp::config::asio_tls_client::
      transport_config {
    static const long timeout_socket_shutdown = 20;
  };
  using transport_type =
    websocketpp::transport::asio::endpoint<transport_config>;
};

using Plain = websocketpp::config::asio_client;

static Options options;
static std::map<std::string, std::string> result; // values are JSON already
static std::string why; // of a handshake that failed

static std::string option(std::string const &name)
{
  auto found = options.find(name);
  return found == options.end() ? "" : found->second;
}

static void say(std::string const &name, std::string const &text)
{
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c < ' ' && c >= 0 ? ' ' : c;
  }
  result[name] = out + "\"";
}

static void say(std::string const &name, long number)
{
  result[name] = std::to_string(number);
}

static int finish(bool ok)
{
  std::string text;
  for (auto const &field : result)
    text += (text.empty() ? "{\"" : ", \"") + field.first + "\": " +
      field.second;
  std::cout << text << "}" << std::endl;
  return ok ? 0 : 1;
}

// ------------------------------------------------------------------- TLS

static void must(bool ok, std::string const &what)
{
  if (ok)
    return;
  char text[256];
  ERR_error_string_n(ERR_peek_last_error(), text, sizeof text);
  std::cerr << what << ": " << text << std::endl;
  std::exit(2);
}

static void on_alert(SSL const *, int where, int value)
{
  if ((where & SSL_CB_ALERT) && (value >> 8) == SSL3_AL_FATAL) {
    say(where & SSL_CB_READ ? "alert_received" : "alert_sent", value & 255);
    if (why.empty())
      why = "alert " + std::to_string(value & 255);
  }
}

static void use_pfx(SSL_CTX *ctx, std::string const &path)
{
  BIO *file = BIO_new_file(path.c_str(), "rb");
  must(file, path);
  PKCS12 *pfx = d2i_PKCS12_bio(file, nullptr);
  EVP_PKEY *key = nullptr;
  X509 *cert = nullptr;
  STACK_OF(X509) *chain = nullptr;
  must(pfx && PKCS12_parse(pfx, option("password").c_str(), &key, &cert,
    &chain), path);
  must(SSL_CTX_use_cert_and_key(ctx, cert, key, chain, 1) == 1, path);
  sk_X509_pop_free(chain, X509_free);
  X509_free(cert);
  EVP_PKEY_free(key);
  PKCS12_free(pfx);
  BIO_free(file);
}

static void use_dh(SSL_CTX *ctx, std::string const &path)
{
  BIO *file = BIO_new_file(path.c_str(), "r");
  must(file, path);
  EVP_PKEY *dh = PEM_read_bio_Parameters(file, nullptr);
  must(dh && SSL_CTX_set0_tmp_dh_pkey(ctx, dh) == 1, path);
  BIO_free(file);
}

// Everything that either role can be told about TLS.
static std::shared_ptr<ssl::context> context(bool verify)
{
  auto made = std::make_shared<ssl::context>(ssl::context::tls);
  SSL_CTX *ctx = made->native_handle();
  std::string cert = option("cert"), key = option("key");
  std::string ca = option("ca"), folder = option("capath");
  if (!option("p12").empty())
    use_pfx(ctx, option("p12"));
  else if (!cert.empty())
    must(SSL_CTX_use_certificate_chain_file(ctx, cert.c_str()) == 1 &&
      SSL_CTX_use_PrivateKey_file(ctx, key.c_str(), SSL_FILETYPE_PEM) == 1,
      cert);
  if (!ca.empty())
    must(SSL_CTX_load_verify_file(ctx, ca.c_str()), ca);
  if (!folder.empty())
    must(SSL_CTX_load_verify_dir(ctx, folder.c_str()), folder);
  if (!option("dh").empty())
    use_dh(ctx, option("dh"));
  if (!option("ciphers").empty())
    must(SSL_CTX_set_cipher_list(ctx, option("ciphers").c_str()), "ciphers");
  if (verify)
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER |
      SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_info_callback(ctx, on_alert);
  return made;
}

template <class Peer> static void opened(Peer &con, Tls *)
{
  SSL *tls = con.get_socket().native_handle();
  say("tls", SSL_get_version(tls));
  say("cipher", SSL_get_cipher_name(tls));
  X509 *cert = SSL_get0_peer_certificate(tls);
  char name[256];
  if (cert && X509_NAME_get_text_by_NID(X509_get_subject_name(cert),
      NID_commonName, name, sizeof name) > 0)
    say("client", name);
}

template <class Peer> static void opened(Peer &, Plain *) {}

template <class Peer> static void failed(Peer &con, Tls *)
{
  long verdict = SSL_get_verify_result(con.get_socket().native_handle());
  if (verdict != X509_V_OK) {
    say("verify", verdict);
    why = X509_verify_cert_error_string(verdict);
  }
}

template <class Peer> static void failed(Peer &, Plain *) {}

template <class End> static void secure(End &end, Tls *, bool verify,
  std::string const &host)
{
  auto made = context(verify);
  end.set_tls_init_handler([made](Handle) { return made; });
  if (!host.empty())
    end.set_socket_init_handler([host](Handle, auto &stream) {
      X509_VERIFY_PARAM *param = SSL_get0_param(stream.native_handle());
      if (!X509_VERIFY_PARAM_set1_ip_asc(param, host.c_str()))
        X509_VERIFY_PARAM_set1_host(param, host.c_str(), 0);
    });
}

template <class End> static void secure(End &, Plain *, bool,
  std::string const &) {}

// ----------------------------------------------------------------- roles

// What both roles tell of a connection that never opened, or is over.
template <class Config, class End> static void watch(End &end,
  std::function<void()> over)
{
  end.clear_access_channels(websocketpp::log::alevel::all);
  end.clear_error_channels(websocketpp::log::elevel::all);
  end.init_asio();
  end.set_fail_handler([&end, over](Handle h) {
    auto con = end.get_con_from_hdl(h);
    failed(*con, static_cast<Config *>(nullptr));
    if (con->get_response_code() != 0)
      say("status", con->get_response_code());
    say("message", con->get_ec().message());
    say("error", why.empty() ? con->get_ec().message() : why);
    over();
  });
  end.set_close_handler([&end, over](Handle h) {
    auto con = end.get_con_from_hdl(h);
    say("close_code", con->get_remote_close_code());
    say("close_reason", con->get_remote_close_reason());
    over();
  });
}

// Which path, protocol and status; a service per path when --paths says so.
template <class Peer> static bool upgrades(Peer &con)
{
  std::string path = con.get_resource(), wanted = option("protocol");
  say("path", path);
  if (!option("status").empty()) {
    con.append_header("X-Reason", "by request");
    con.set_status(static_cast<websocketpp::http::status_code::value>(
      std::stoi(option("status"))));
    return false;
  }
  std::string paths = "," + option("paths") + ",";
  if (paths != ",," && paths.find("," + path + ",") == std::string::npos) {
    con.set_status(websocketpp::http::status_code::not_found);
    return false;
  }
  for (auto const &offered : con.get_requested_subprotocols())
    if (offered == wanted) {
      con.select_subprotocol(offered);
      say("protocol", offered);
    }
  return true;
}

template <class Config> static int serve()
{
  Config *kind = nullptr;
  websocketpp::server<Config> server;
  long messages = 0, bytes = 0;
  watch<Config>(server, [&server] { server.stop(); });
  secure(server, kind, !(option("ca") + option("capath")).empty(), "");
  server.set_max_message_size(1 << 30);
  server.set_validate_handler([&](Handle h) {
    return upgrades(*server.get_con_from_hdl(h));
  });
  server.set_open_handler([&](Handle h) {
    result["open"] = "true";
    opened(*server.get_con_from_hdl(h), kind);
  });
  server.set_message_handler([&](Handle h, auto message) {
    messages++;
    bytes += static_cast<long>(message->get_payload().size());
    if (option("close").empty())
      server.send(h, message->get_payload(), message->get_opcode());
    else
      server.close(h, static_cast<close_code::value>(
        std::stoi(option("close"))), "as told");
  });
  server.listen("127.0.0.1", option("port").empty() ? "0" : option("port"));
  server.start_accept();
  Code ec;
  std::cout << "ready " << server.get_local_endpoint(ec).port() << std::endl;
  server.run();
  say("messages", messages);
  say("bytes", bytes);
  return finish(result.count("close_code") &&
    result["close_code"] != std::to_string(close_code::abnormal_close));
}

template <class Config> static int dial(std::string const &url)
{
  Config *kind = nullptr;
  websocketpp::client<Config> client;
  std::string sent(option("size").empty() ? 64 : std::stoul(option("size")),
    'x');
  watch<Config>(client, [] {});
  Code ec;
  secure(client, kind, true, websocketpp::uri(url).get_host());
  client.set_max_message_size(1 << 30);
  client.set_open_handler([&](Handle h) {
    auto con = client.get_con_from_hdl(h);
    result["open"] = "true";
    say("protocol", con->get_response_header("Sec-WebSocket-Protocol"));
    opened(*con, kind);
    client.send(h, sent, websocketpp::frame::opcode::text);
  });
  client.set_message_handler([&](Handle h, auto message) {
    result["echoed"] = message->get_payload() == sent ? "true" : "false";
    client.close(h, close_code::normal, "done");
  });
  auto con = client.get_connection(url, ec);
  must(!ec, url);
  if (!option("protocol").empty())
    con->add_subprotocol(option("protocol"));
  client.connect(con);
  client.run();
  return finish(result["echoed"] == "true" && result["close_code"] == "1000");
}

int main(int count, char **words)
{
  std::string role = count > 1 ? words[1] : "";
  for (int i = 2; i + 1 < count; i += 2)
    options[std::string(words[i]).substr(2)] = words[i + 1];
  result["open"] = "false";
  if (role == "server")
    return option("cert").empty() && option("p12").empty() ?
      serve<Plain>() : serve<Tls>();
  result["echoed"] = "false";
  std::string url = option("url");
  return url.compare(0, 3, "wss") == 0 ? dial<Tls>(url) : dial<Plain>(url);
}
