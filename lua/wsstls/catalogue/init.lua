--- The installed scenarios: `{group, name}`, in the order in which they are
-- told. Written by `make catalogue`.
-- @module wsstls.catalogue
return {
}
