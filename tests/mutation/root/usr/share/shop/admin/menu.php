<ul><li>menu</ul>
