// All that the stand-in site offers, findable by id. Not safe to change while it is read: Site::change takes the lock.
#pragma once

#include "site/offer.hpp"

#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace standin {

struct Collection {
  std::int64_t id = 0;
  std::string name = {};
  std::string type = "Model";
  std::int64_t item_count = 0;
  std::string username = "some_curator";
};

class Catalogue {
 public:
  Catalogue() = default;
  Catalogue(Catalogue&&) = default;
  Catalogue& operator=(Catalogue&&) = default;
  Catalogue(const Catalogue&) = delete;  // the index points into the models
  Catalogue& operator=(const Catalogue&) = delete;
  ~Catalogue() = default;

  // Gives out the missing ids and names. Throws std::invalid_argument on an id that is taken or a patch that is no JSON
  // object. The reference stays good.
  Model& add(Model model);
  void add_collection(Collection collection);
  // References to the model end here; nothing happens when there is none.
  void remove(std::int64_t model_id);
  // To be called after versions, files or images were added to a model in place: gives out their ids.
  void refresh();

  [[nodiscard]] const std::list<Model>& models() const { return models_; }
  [[nodiscard]] const std::vector<Collection>& collections() const { return collections_; }

  // What an id leads to, from the model down; all null when there is no such thing.
  struct Hit {
    const Model* model = nullptr;
    const Version* version = nullptr;
    const File* file = nullptr;
    const Image* image = nullptr;
    explicit operator bool() const { return model != nullptr; }
  };
  [[nodiscard]] Hit find_model(std::int64_t id) const;
  [[nodiscard]] Hit find_version(std::int64_t id) const;
  [[nodiscard]] Hit find_file(std::int64_t id) const;
  [[nodiscard]] Hit find_image(std::int64_t id) const;
  [[nodiscard]] Hit find_image_by_uuid(const std::string& uuid) const;

  // For changes in place; null when there is no such thing.
  [[nodiscard]] Model* model(std::int64_t id);
  [[nodiscard]] Version* version(std::int64_t id);
  [[nodiscard]] File* file(std::int64_t id);

 private:
  using Owners = std::unordered_map<std::int64_t, Model*>;

  void enter(Model& model);
  void enter(Model& model, Version& version);
  std::int64_t enter(Owners& owners, std::int64_t id, std::int64_t& next, Model& model);

  std::list<Model> models_;
  std::vector<Collection> collections_;
  Owners by_model_, by_version_, by_file_, by_image_;
  std::unordered_map<std::string, std::int64_t> image_ids_;
  std::int64_t next_model_ = 100001, next_version_ = 200001, next_file_ = 300001, next_image_ = 400001;
};

}  // namespace standin
