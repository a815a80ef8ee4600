#include "json/writer.hpp"

#include "base/text.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace civitai::json {

using Ordered = nlohmann::ordered_json;

struct Object::Implementation {
  Ordered value = Ordered::object();
};

struct Array::Implementation {
  Ordered value = Ordered::array();
};

Object::Object() : implementation_(std::make_unique<Implementation>()) {}
Object::Object(Object&&) noexcept = default;
Object& Object::operator=(Object&&) noexcept = default;
Object::~Object() = default;

Object& Object::set(std::string_view key, std::string_view value) {
  implementation_->value[to_valid_utf8(key)] = to_valid_utf8(value);
  return *this;
}

Object& Object::set(std::string_view key, bool value) {
  implementation_->value[to_valid_utf8(key)] = value;
  return *this;
}

Object& Object::set(std::string_view key, double value) {
  implementation_->value[to_valid_utf8(key)] = value;
  return *this;
}

Object& Object::set_integer(std::string_view key, std::int64_t value) {
  implementation_->value[to_valid_utf8(key)] = value;
  return *this;
}

Object& Object::set_integer(std::string_view key, std::uint64_t value) {
  implementation_->value[to_valid_utf8(key)] = value;
  return *this;
}

Object& Object::set(std::string_view key, Object value) {
  implementation_->value[to_valid_utf8(key)] = std::move(value.implementation_->value);
  return *this;
}

Object& Object::set(std::string_view key, Array value) {
  implementation_->value[to_valid_utf8(key)] = std::move(value.implementation_->value);
  return *this;
}

Object& Object::set_null(std::string_view key) {
  implementation_->value[to_valid_utf8(key)] = nullptr;
  return *this;
}

std::string Object::text(int indent) const { return printable_json(implementation_->value.dump(indent)); }

Array::Array() : implementation_(std::make_unique<Implementation>()) {}
Array::Array(Array&&) noexcept = default;
Array& Array::operator=(Array&&) noexcept = default;
Array::~Array() = default;

Array& Array::add(Object value) {
  implementation_->value.push_back(std::move(value.implementation_->value));
  return *this;
}

Array& Array::add(std::string_view value) {
  implementation_->value.push_back(to_valid_utf8(value));
  return *this;
}

Array& Array::add(std::int64_t value) {
  implementation_->value.push_back(value);
  return *this;
}

}  // namespace civitai::json
