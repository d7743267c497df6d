# migrate.rb DIALECT DIRECTORY: lets Active Record apply what is there.
require 'active_record'

if ARGV[0] == 'sqlite'
  ActiveRecord::Base.establish_connection(adapter: 'sqlite3', database: ENV['SQLITE'])
else
  ActiveRecord::Base.establish_connection(
    adapter: 'postgresql', host: ENV['PGHOST'], port: ENV['PGPORT'], username: ENV['PGUSER'],
    database: ENV['PGDATABASE']
  )
end
ActiveRecord::MigrationContext.new(ARGV[1], ActiveRecord::SchemaMigration).migrate
