-- What an entry of the ledger came from, and the way to the entries of one visitor.
ALTER TABLE identities ADD COLUMN reason TEXT NOT NULL DEFAULT 'identify';
CREATE INDEX identities_of_visitor ON identities (site, visitor);
