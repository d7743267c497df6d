class CreateAccounts < ActiveRecord::Migration[6.1]
  def up
    execute "CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL);"
  end
end
