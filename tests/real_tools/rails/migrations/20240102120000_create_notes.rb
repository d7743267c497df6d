class CreateNotes < ActiveRecord::Migration[6.1]
  def up
    execute "CREATE TABLE notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);"
  end
end
