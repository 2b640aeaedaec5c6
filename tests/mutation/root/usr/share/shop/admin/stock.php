<ul><li>stock</ul>
