class IndexNotes < ActiveRecord::Migration[6.1]
  def up
    execute "CREATE INDEX notes_account_id ON notes (account_id);"
  end
end
